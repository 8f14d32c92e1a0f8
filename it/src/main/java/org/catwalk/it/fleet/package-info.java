/** Several Tomcats behind one httpd, and clients that find out whether a request was lost, repeated or answered by somebody else. */
package org.catwalk.it.fleet;
