/** Writes configuration for both sides that fits together: server.xml, workers.properties, httpd.conf. */
package org.catwalk.ajp.tool.generate;
