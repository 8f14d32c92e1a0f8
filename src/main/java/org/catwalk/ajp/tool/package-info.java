/**
 * The command line, {@code java -jar catwalk-ajp.jar COMMAND}: for the hosts of web servers as much as for those of Tomcat, so without any
 * class of Tomcat's. {@link org.catwalk.ajp.tool.Main} is where it begins.
 */
package org.catwalk.ajp.tool;
