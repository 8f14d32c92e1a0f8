package org.catwalk.ajp.hosts;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.catwalk.ajp.hosts.ClassShape.Key;
import org.objectweb.asm.Opcodes;

/**
 * Which methods of ours override a method of the host. A linkage check does not see one that stops to: it stays a method like any other,
 * which nobody calls any more.
 */
final class Overrides {

    private Overrides() {}

    /**
     * Every method of ours that overrides one of the host, as "Class.name(descriptor)".
     *
     * @param isHosts tells the host's classes by their internal names; overriding Object.toString() is of no interest
     */
    static Set<String> of(ClassWorld world, Predicate<String> isHosts) {
        Set<String> overriding = new TreeSet<>();
        for (ClassShape shape : world.ours().values()) {
            for (ClassShape supertype : world.supertypes(shape)) {
                if (!isHosts.test(supertype.name())) {
                    continue;
                }
                supertype.methods().forEach((method, flags) -> {
                    if (shape.methods().containsKey(method) && isInherited(method, flags) && isInherited(method, shape.methods().get(method))) {
                        overriding.add(shape.name() + "." + shape.bridges().getOrDefault(method, method));
                    }
                });
            }
        }
        return overriding;
    }

    private static boolean isInherited(Key method, int flags) {
        return !method.name().startsWith("<")
                && (flags & (Opcodes.ACC_STATIC | Opcodes.ACC_PRIVATE)) == 0
                && (flags & (Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED)) != 0;
    }
}
