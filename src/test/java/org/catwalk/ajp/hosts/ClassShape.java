package org.catwalk.ajp.hosts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * What a class file declares and what it refers to. Names are internal ones ("java/lang/Object").
 */
final class ClassShape {

    private static final int API = Opcodes.ASM9;

    /** A method or field: "name" and descriptor, whose access flags are in the map that holds it. */
    record Key(String name, String descriptor) {
        @Override
        public String toString() {
            return name + (descriptor.startsWith("(") ? descriptor : ":" + descriptor);
        }
    }

    /** What an instruction needs of another class. */
    record Reference(String owner, Key member, boolean isMethod, boolean isStatic) {}

    private String name;
    private String superName;
    private int access;
    private final List<String> interfaces = new ArrayList<>();
    private final Map<Key, Integer> methods = new LinkedHashMap<>();
    private final Map<Key, Integer> fields = new LinkedHashMap<>();
    private final Map<Key, Key> bridges = new LinkedHashMap<>();
    private final Set<Reference> references = new LinkedHashSet<>();
    private final Set<String> types = new LinkedHashSet<>();

    private ClassShape() {}

    static ClassShape read(byte[] classFile) {
        ClassShape shape = new ClassShape();
        new ClassReader(classFile).accept(shape.new Declarations(), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return shape;
    }

    String name() {
        return name;
    }

    /** Null for java/lang/Object. */
    String superName() {
        return superName;
    }

    List<String> interfaces() {
        return interfaces;
    }

    /** Methods with their access flags. */
    Map<Key, Integer> methods() {
        return methods;
    }

    /** Fields with their access flags. */
    Map<Key, Integer> fields() {
        return fields;
    }

    /** The methods that javac added for a changed return or parameter type, and which method they call. */
    Map<Key, Key> bridges() {
        return bridges;
    }

    Set<Reference> references() {
        return references;
    }

    /** The types that instructions load. */
    Set<String> types() {
        return types;
    }

    boolean has(int flag) {
        return (access & flag) != 0;
    }

    String packageName() {
        return packageOf(name);
    }

    static String packageOf(String internalName) {
        return internalName.substring(0, Math.max(0, internalName.lastIndexOf('/')));
    }

    private void addType(Type type) {
        Type element = type.getSort() == Type.ARRAY ? type.getElementType() : type;
        if (element.getSort() == Type.OBJECT) {
            types.add(element.getInternalName());
        }
    }

    private void addMember(String owner, String member, String descriptor, boolean isMethod, boolean isStatic) {
        if (owner.startsWith("[")) {
            addType(Type.getObjectType(owner));
        } else {
            references.add(new Reference(owner, new Key(member, descriptor), isMethod, isStatic));
        }
    }

    private void addConstant(Object constant) {
        if (constant instanceof Type type && type.getSort() != Type.METHOD) {
            addType(type);
        } else if (constant instanceof Handle handle) {
            boolean isMethod = handle.getTag() >= Opcodes.H_INVOKEVIRTUAL;
            boolean isStatic = handle.getTag() == Opcodes.H_INVOKESTATIC
                    || handle.getTag() == Opcodes.H_GETSTATIC
                    || handle.getTag() == Opcodes.H_PUTSTATIC;
            addMember(handle.getOwner(), handle.getName(), handle.getDesc(), isMethod, isStatic);
        } else if (constant instanceof ConstantDynamic dynamic) {
            addConstant(dynamic.getBootstrapMethod());
            for (int i = 0; i < dynamic.getBootstrapMethodArgumentCount(); i++) {
                addConstant(dynamic.getBootstrapMethodArgument(i));
            }
        }
    }

    private final class Declarations extends ClassVisitor {

        Declarations() {
            super(API);
        }

        @Override
        public void visit(int version, int flags, String self, String signature, String parent, String[] parents) {
            access = flags;
            name = self;
            superName = parent;
            interfaces.addAll(List.of(parents));
        }

        @Override
        public FieldVisitor visitField(int flags, String field, String descriptor, String signature, Object value) {
            fields.put(new Key(field, descriptor), flags);
            return null;
        }

        @Override
        public MethodVisitor visitMethod(int flags, String method, String descriptor, String signature, String[] exceptions) {
            Key key = new Key(method, descriptor);
            methods.put(key, flags);
            return new Instructions(key, (flags & Opcodes.ACC_BRIDGE) != 0);
        }
    }

    private final class Instructions extends MethodVisitor {

        private final Key method;
        private final boolean isBridge;

        Instructions(Key method, boolean isBridge) {
            super(API);
            this.method = method;
            this.isBridge = isBridge;
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            addType(Type.getObjectType(type));
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String field, String descriptor) {
            addMember(owner, field, descriptor, false, opcode == Opcodes.GETSTATIC || opcode == Opcodes.PUTSTATIC);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String callee, String descriptor, boolean isInterface) {
            addMember(owner, callee, descriptor, true, opcode == Opcodes.INVOKESTATIC);
            if (isBridge && callee.equals(method.name())) {
                bridges.put(method, new Key(callee, descriptor));
            }
        }

        @Override
        public void visitInvokeDynamicInsn(String callee, String descriptor, Handle bootstrap, Object... arguments) {
            addConstant(bootstrap);
            for (Object argument : arguments) {
                addConstant(argument);
            }
        }

        @Override
        public void visitLdcInsn(Object constant) {
            addConstant(constant);
        }

        @Override
        public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
            addType(Type.getType(descriptor));
        }

        @Override
        public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
            if (type != null) {
                addType(Type.getObjectType(type));
            }
        }
    }
}
