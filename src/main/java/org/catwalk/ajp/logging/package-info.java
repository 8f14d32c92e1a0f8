/**
 * SLF4J provider that writes to Tomcat's own logging. Operators configure our loggers in {@code logging.properties} by their names,
 * {@code org.catwalk.ajp...}, like any of Tomcat's.
 */
package org.catwalk.ajp.logging;
