package org.catwalk.ajp.compat;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;

/**
 * Finds, for each thing that Tomcat versions do differently, the method that this host has, newest first. Every finder answers null if
 * the host has none of the methods known; none of them throws.
 *
 * <p>The host's classes are parameters, so that the shapes of versions not on the class path can be tested.
 */
final class HostMethods {

    private static final MethodHandles.Lookup PUBLIC = MethodHandles.publicLookup();

    private HostMethods() {}

    /** {@code (request)void}: notes that the request begins now. */
    static MethodHandle markRequestStart(Class<?> request) {
        MethodHandle mark = virtual(request, "markStartTime");
        if (mark != null) {
            return mark.asType(MethodType.methodType(void.class, request));
        }
        MethodHandle nanos = virtual(request, "setStartTimeNanos", long.class);
        if (nanos != null) {
            return feed(nanos, clock("nanoTime")).asType(MethodType.methodType(void.class, request));
        }
        MethodHandle millis = virtual(request, "setStartTime", long.class);
        if (millis != null) {
            return feed(millis, clock("currentTimeMillis")).asType(MethodType.methodType(void.class, request));
        }
        return null;
    }

    /** {@code (request, String)void}: sets the request method. */
    static MethodHandle setMethod(Class<?> request) {
        MethodHandle setter = virtual(request, "setMethod", String.class);
        if (setter == null) {
            MethodHandle buffer = virtual(request, "method");
            MethodHandle setString = buffer == null ? null : virtual(buffer.type().returnType(), "setString", String.class);
            setter = setString == null ? null : MethodHandles.filterArguments(setString, 0, buffer);
        }
        return setter == null ? null : setter.asType(MethodType.methodType(void.class, request, String.class));
    }

    /** {@code (request)String}: the request method, null if none was set. */
    static MethodHandle getMethod(Class<?> request) {
        MethodHandle getter = virtual(request, "getMethod");
        if (getter == null) {
            MethodHandle buffer = virtual(request, "method");
            MethodHandle toString = buffer == null ? null : virtual(buffer.type().returnType(), "toString");
            getter = toString == null ? null : MethodHandles.filterReturnValue(buffer, toString);
        }
        return getter == null ? null : getter.asType(MethodType.methodType(String.class, request));
    }

    /** {@code (owner)Object}: a getter without parameters, whatever servlet API its return type is from. */
    static MethodHandle getter(Class<?> owner, String name) {
        MethodHandle getter = virtual(owner, name);
        return getter == null ? null : getter.asType(MethodType.methodType(Object.class, owner));
    }

    /** {@code (wrapper, String, String)Object}: the {@code ServletConnection} of a connection. Tomcat 9.0 has none. */
    static MethodHandle servletConnection(Class<?> wrapper) {
        MethodHandle getter = virtual(wrapper, "getServletConnection", String.class, String.class);
        return getter == null ? null : getter.asType(MethodType.methodType(Object.class, wrapper, String.class, String.class));
    }

    /** {@code (acceptor, int)void}: tells the acceptor to stop and waits for so many milliseconds, 0 or less for no wait. */
    static MethodHandle stopAcceptor(Class<?> acceptor) {
        MethodHandle stop = virtual(acceptor, "stopMillis", int.class);
        if (stop == null) {
            MethodHandle seconds = virtual(acceptor, "stop", int.class);
            stop = seconds == null ? null : MethodHandles.filterArguments(seconds, 1, wholeSeconds());
        }
        return stop == null ? null : stop.asType(MethodType.methodType(void.class, acceptor, int.class));
    }

    private static MethodHandle virtual(Class<?> owner, String name, Class<?>... parameters) {
        try {
            Method method = owner.getMethod(name, parameters);
            return PUBLIC.unreflect(method);
        } catch (NoSuchMethodException | IllegalAccessException | LinkageError absentHere) {
            return null;
        }
    }

    /** Turns {@code (request, long)} into {@code (request)} by asking the clock at each call. */
    private static MethodHandle feed(MethodHandle setter, MethodHandle clock) {
        return MethodHandles.collectArguments(setter, 1, clock);
    }

    private static MethodHandle clock(String name) {
        try {
            return PUBLIC.findStatic(System.class, name, MethodType.methodType(long.class));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("java.lang.System." + name + "() is part of every JDK", e);
        }
    }

    private static MethodHandle wholeSeconds() {
        try {
            return MethodHandles.lookup()
                    .findStatic(HostMethods.class, "toSeconds", MethodType.methodType(int.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("HostMethods.toSeconds(int) is declared below", e);
        }
    }

    /** Rounds up, so that a short wait does not become none. */
    static int toSeconds(int millis) {
        return millis <= 0 ? 0 : (int) ((millis + 999L) / 1000);
    }
}
