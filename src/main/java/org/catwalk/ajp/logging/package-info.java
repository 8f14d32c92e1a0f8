/**
 * SLF4J provider that writes to Tomcat's own logging.
 */
package org.catwalk.ajp.logging;
