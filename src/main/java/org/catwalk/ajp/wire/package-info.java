/**
 * AJP 1.3 bytes to fields and back: code tables, packet reader, packet writer, forward-request parser. No I/O, no Tomcat; the JDK only.
 */
package org.catwalk.ajp.wire;
