package org.catwalk.ajp.hosts;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.catwalk.ajp.hosts.ClassShape.Key;
import org.catwalk.ajp.hosts.ClassShape.Reference;
import org.objectweb.asm.Opcodes;

/**
 * Does ahead of time what the JVM does when it links our classes against a host, for every reference and not only for those that a test
 * happens to execute: finds missing types and members, members that became static, private or package-private, final classes extended,
 * final methods overridden, abstract methods left out.
 */
final class LinkageCheck {

    private final ClassWorld world;
    private final Set<String> problems = new TreeSet<>();

    private LinkageCheck(ClassWorld world) {
        this.world = world;
    }

    /** One line for each thing that would end in a LinkageError. */
    static Set<String> problems(ClassWorld world) {
        LinkageCheck check = new LinkageCheck(world);
        world.ours().values().forEach(check::check);
        return check.problems;
    }

    private void check(ClassShape shape) {
        if (areSupertypesThere(shape)) {
            checkFinality(shape);
            checkAbstractMethods(shape);
        }
        shape.types().forEach(type -> checkType(shape, type));
        shape.references().forEach(reference -> checkReference(shape, reference));
    }

    private boolean areSupertypesThere(ClassShape shape) {
        return Stream.concat(Stream.of(shape.superName()), shape.interfaces().stream())
                .map(type -> checkType(shape, type))
                .reduce(true, Boolean::logicalAnd);
    }

    private boolean checkType(ClassShape user, String type) {
        Optional<ClassShape> found = world.find(type);
        if (found.isEmpty()) {
            report(user, "needs the missing type " + type);
            return false;
        }
        if (!found.get().has(Opcodes.ACC_PUBLIC) && !user.packageName().equals(found.get().packageName())) {
            report(user, "needs " + type + ", which is not public");
            return false;
        }
        return true;
    }

    private void checkFinality(ClassShape shape) {
        for (ClassShape superclass : world.superclasses(shape)) {
            if (superclass.has(Opcodes.ACC_FINAL)) {
                report(shape, "extends the final class " + superclass.name());
            }
            for (Key method : shape.methods().keySet()) {
                int flags = superclass.methods().getOrDefault(method, Opcodes.ACC_PRIVATE);
                if ((flags & Opcodes.ACC_FINAL) != 0 && isInherited(flags, superclass, shape)) {
                    report(shape, "overrides the final method " + superclass.name() + "." + method);
                }
            }
        }
    }

    private void checkAbstractMethods(ClassShape shape) {
        if (shape.has(Opcodes.ACC_ABSTRACT)) {
            return;
        }
        for (ClassShape supertype : world.supertypes(shape)) {
            for (Map.Entry<Key, Integer> method : supertype.methods().entrySet()) {
                if ((method.getValue() & Opcodes.ACC_ABSTRACT) != 0 && !isImplemented(shape, method.getKey())) {
                    report(shape, "does not implement " + supertype.name() + "." + method.getKey());
                }
            }
        }
    }

    private boolean isImplemented(ClassShape shape, Key method) {
        for (ClassShape type : Stream.concat(Stream.of(shape), world.superclasses(shape).stream()).toList()) {
            Integer flags = type.methods().get(method);
            if (flags != null && (flags & (Opcodes.ACC_STATIC | Opcodes.ACC_PRIVATE)) == 0) {
                return (flags & Opcodes.ACC_ABSTRACT) == 0;
            }
        }
        return world.supertypes(shape).stream()
                .filter(type -> type.has(Opcodes.ACC_INTERFACE))
                .anyMatch(type -> (type.methods().getOrDefault(method, Opcodes.ACC_ABSTRACT) & Opcodes.ACC_ABSTRACT) == 0);
    }

    private void checkReference(ClassShape user, Reference reference) {
        if (isSignaturePolymorphic(reference) || !checkType(user, reference.owner())) {
            return;
        }
        String what = reference.owner() + "." + reference.member();
        ClassShape owner = world.find(reference.owner()).orElseThrow();
        Optional<ClassShape> declarer = declarer(owner, reference);
        if (declarer.isEmpty()) {
            report(user, "needs the missing " + what);
            return;
        }
        int flags = members(declarer.get(), reference).get(reference.member());
        if (reference.isStatic() != ((flags & Opcodes.ACC_STATIC) != 0)) {
            report(user, "needs " + what + " to be " + (reference.isStatic() ? "static" : "an instance member"));
        }
        if (!isAccessible(user, declarer.get(), flags)) {
            report(user, "needs " + what + ", which is " + accessOf(flags));
        }
    }

    /** MethodHandle.invokeExact and the like take any descriptor. */
    private static boolean isSignaturePolymorphic(Reference reference) {
        return reference.owner().equals("java/lang/invoke/MethodHandle") || reference.owner().equals("java/lang/invoke/VarHandle");
    }

    private Optional<ClassShape> declarer(ClassShape owner, Reference reference) {
        return Stream.concat(Stream.of(owner), world.supertypes(owner).stream())
                .filter(type -> members(type, reference).containsKey(reference.member()))
                .findFirst();
    }

    private static Map<Key, Integer> members(ClassShape type, Reference reference) {
        return reference.isMethod() ? type.methods() : type.fields();
    }

    private boolean isAccessible(ClassShape user, ClassShape declarer, int flags) {
        if (world.isOurs(declarer.name())) {
            return true; // javac has seen both, and they are always shipped together
        }
        return (flags & Opcodes.ACC_PUBLIC) != 0
                || (flags & Opcodes.ACC_PROTECTED) != 0 && world.superclasses(user).contains(declarer)
                // clone() and finalize() of an array or of an interface
                || declarer.name().equals("java/lang/Object");
    }

    private static boolean isInherited(int flags, ClassShape superclass, ClassShape shape) {
        if ((flags & (Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC)) != 0) {
            return false;
        }
        return (flags & (Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED)) != 0
                || superclass.packageName().equals(shape.packageName());
    }

    private static String accessOf(int flags) {
        if ((flags & Opcodes.ACC_PRIVATE) != 0) {
            return "private";
        }
        return (flags & Opcodes.ACC_PROTECTED) != 0 ? "protected" : "package-private";
    }

    private void report(ClassShape user, String problem) {
        problems.add(user.name() + " " + problem);
    }
}
