package org.catwalk.ajp.hosts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;

/**
 * Test classes with {@code javax.servlet} turned into {@code jakarta.servlet}, so that the same servlets run on every line of Tomcat. Only
 * tests are treated so: our own classes have to serve both as they are.
 */
final class JakartaClasses {

    private static final String FROM = "javax/servlet/";
    private static final String TO = "jakarta/servlet/";

    private JakartaClasses() {}

    /** Fills {@code to} with a copy of {@code from}; anything that is no class file is copied as it is. */
    static void convert(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            for (Path file : all) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                byte[] bytes = Files.readAllBytes(file);
                Files.write(target, file.toString().endsWith(".class") ? converted(bytes) : bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] converted(byte[] classFile) {
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(classFile).accept(new ClassRemapper(writer, new ToJakarta()), 0);
        return writer.toByteArray();
    }

    /** Types, and names of attributes in strings. */
    private static final class ToJakarta extends Remapper {

        ToJakarta() {
            super(Opcodes.ASM9);
        }

        @Override
        public String map(String type) {
            return type.startsWith(FROM) ? TO + type.substring(FROM.length()) : type;
        }

        @Override
        public Object mapValue(Object value) {
            return value instanceof String text ? text.replace("javax.servlet.", "jakarta.servlet.") : super.mapValue(value);
        }
    }
}
