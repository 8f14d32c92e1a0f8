/**
 * The web application under test. Every servlet answers with {@code name=value} lines (see {@link org.catwalk.it.webapp.Answer}) or
 * with bytes that can be checked by position (see {@link org.catwalk.it.webapp.Payload}). Written for {@code javax.servlet}; the
 * harness converts it for Tomcat 10.1 and later.
 */
package org.catwalk.it.webapp;
