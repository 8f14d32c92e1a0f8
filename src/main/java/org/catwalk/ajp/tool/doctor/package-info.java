/**
 * {@code doctor}: finds out why web server and Tomcat do not work together, and says what to change where. Everything that can be wrong is a
 * {@link org.catwalk.ajp.tool.doctor.Finding}.
 */
package org.catwalk.ajp.tool.doctor;
