package org.catwalk.ajp.guard;

import org.catwalk.ajp.wire.Span;

/**
 * A set of byte values, looked up by index: one rule of the grammar for one byte.
 */
final class ByteSet {

    private final boolean[] members = new boolean[256];

    private ByteSet() {
    }

    /** @return the set of these ASCII characters */
    static ByteSet of(String characters) {
        ByteSet set = new ByteSet();
        characters.chars().forEach(c -> set.members[c] = true);
        return set;
    }

    /** @return the set of the values from first to last, both included */
    static ByteSet range(int first, int last) {
        ByteSet set = new ByteSet();
        for (int value = first; value <= last; value++) {
            set.members[value] = true;
        }
        return set;
    }

    /** @return a new set with the members of both */
    ByteSet and(ByteSet other) {
        ByteSet both = new ByteSet();
        for (int value = 0; value < members.length; value++) {
            both.members[value] = members[value] || other.members[value];
        }
        return both;
    }

    boolean contains(int value) {
        return members[value & 0xFF];
    }

    /** @return whether the string has nothing but members; true for the empty and the null string */
    boolean holds(Span string) {
        return firstOutside(string) < 0;
    }

    /** @return the index of the string's first byte that is no member, -1 if all are */
    int firstOutside(Span string) {
        int offset = string.offset();
        int outside = firstOutside(string.array(), offset, offset + string.length());
        return outside < 0 ? outside : outside - offset;
    }

    /** @return the index in the array of the first byte that is no member, -1 if all from {@code from} to before {@code to} are */
    int firstOutside(byte[] array, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!members[array[i] & 0xFF]) {
                return i;
            }
        }
        return -1;
    }
}
