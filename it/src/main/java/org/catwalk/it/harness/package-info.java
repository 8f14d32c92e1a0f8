/**
 * Real processes for tests: a Tomcat distribution in a JVM of its own, Debian's httpd with mod_jk and mod_proxy_ajp in front of it,
 * both on loopback ports, both gone when the test JVM ends.
 *
 * <p>Start with {@link org.catwalk.it.harness.TestBed}, which holds one Tomcat and one httpd for all scenarios. Build a
 * {@link org.catwalk.it.harness.TomcatInstance} or {@link org.catwalk.it.harness.HttpdInstance} directly for a configuration that
 * cannot be shared.
 */
package org.catwalk.it.harness;
