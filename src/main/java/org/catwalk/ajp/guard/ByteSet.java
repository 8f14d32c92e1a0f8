package org.catwalk.ajp.guard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

import org.catwalk.ajp.wire.Span;

/**
 * A set of byte values, looked up by index: one rule of the grammar for one byte.
 */
final class ByteSet {

    private static final VarHandle EIGHT_BYTES = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH_ONE = 0x0101010101010101L;
    private static final long EACH_HIGH_BIT = 0x80 * EACH_ONE;
    private static final long EACH_SPACE = 0x20 * EACH_ONE;
    private static final long EACH_DELETE = 0x7F * EACH_ONE;

    private final boolean[] members = new boolean[256];
    /** Whether only control characters can be outside, so that eight bytes at a time can be looked through for those. */
    private boolean allButControls;

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
        both.allButControls = both.hasAllButControls();
        return both;
    }

    private boolean hasAllButControls() {
        for (int value = ' '; value < members.length; value++) {
            if (value != 0x7F && !members[value]) {
                return false;
            }
        }
        return true;
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
        int i = from;
        while (i < to) {
            if (allButControls && to - i >= Long.BYTES && !mayHoldControl((long) EIGHT_BYTES.get(array, i))) {
                i += Long.BYTES;
                continue;
            }
            if (!members[array[i] & 0xFF]) {
                return i;
            }
            i++;
        }
        return -1;
    }

    /** @return true if one of the eight is 0x00..0x1F or 0x7F; perhaps also true if none is, when a borrow crosses bytes */
    private static boolean mayHoldControl(long eight) {
        long low = eight - EACH_SPACE & ~eight;
        long xored = eight ^ EACH_DELETE;
        long delete = xored - EACH_ONE & ~xored;
        return ((low | delete) & EACH_HIGH_BIT) != 0;
    }
}
