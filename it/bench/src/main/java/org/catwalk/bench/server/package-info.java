/** What runs in the server's own JVM: the same servlets behind each connector, and commands on standard input. */
package org.catwalk.bench.server;
