/**
 * Every difference between Tomcat versions, resolved once at start.
 */
package org.catwalk.ajp.compat;
