package org.catwalk.ajp.hosts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The classes of ours, of one host, and of the JDK, as class files: nothing is loaded, so nothing depends on what the host leaves out.
 */
final class ClassWorld implements AutoCloseable {

    private final Map<String, ClassShape> ours = new HashMap<>();
    private final Map<String, Optional<ClassShape>> others = new HashMap<>();
    private final URLClassLoader host;

    /**
     * @param classes    a directory of class files: ours, but for those that META-INF/versions has for an older Java
     * @param hostPath   jars and directories
     */
    ClassWorld(Path classes, List<Path> hostPath) {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class") && !classes.relativize(path).startsWith("META-INF")).toList()) {
                ClassShape shape = ClassShape.read(Files.readAllBytes(file));
                ours.put(shape.name(), shape);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.host = new URLClassLoader(hostPath.stream().map(ClassWorld::url).toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    Map<String, ClassShape> ours() {
        return ours;
    }

    boolean isOurs(String name) {
        return ours.containsKey(name);
    }

    /** The class of this name, of whoever; nothing if there is none. */
    Optional<ClassShape> find(String name) {
        ClassShape own = ours.get(name);
        return own != null ? Optional.of(own) : others.computeIfAbsent(name, this::read);
    }

    /** The superclass, its superclass and so on; ends early where one is missing. */
    List<ClassShape> superclasses(ClassShape shape) {
        return Stream.iterate(parent(shape), Optional::isPresent, known -> parent(known.get()))
                .map(Optional::get)
                .toList();
    }

    /** All superclasses and superinterfaces, nearest first. */
    Set<ClassShape> supertypes(ClassShape shape) {
        Set<ClassShape> found = new LinkedHashSet<>();
        for (ClassShape superclass : superclasses(shape)) {
            found.add(superclass);
        }
        for (ClassShape type : Stream.concat(Stream.of(shape), List.copyOf(found).stream()).toList()) {
            addInterfaces(type, found);
        }
        return found;
    }

    @Override
    public void close() {
        try {
            host.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addInterfaces(ClassShape shape, Set<ClassShape> found) {
        for (String name : shape.interfaces()) {
            find(name).filter(found::add).ifPresent(type -> addInterfaces(type, found));
        }
    }

    private Optional<ClassShape> parent(ClassShape shape) {
        return Optional.ofNullable(shape.superName()).flatMap(this::find);
    }

    private Optional<ClassShape> read(String name) {
        try (InputStream in = host.getResourceAsStream(name + ".class")) {
            return in == null ? Optional.empty() : Optional.of(ClassShape.read(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
