/**
 * The running connector, seen from the wire: what a well-behaved web server sends, and what it gets.
 */
package org.catwalk.ajp.serving;
