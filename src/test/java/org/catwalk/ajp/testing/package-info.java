/**
 * What wire-level tests stand on: a running Tomcat with our connector, and a web server that says exactly what a test tells it to say.
 */
package org.catwalk.ajp.testing;
