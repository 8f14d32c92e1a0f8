/** A web server's end of an AJP connection: connects, pings, sends one request at a time, and says what went wrong. */
package org.catwalk.ajp.tool.client;
