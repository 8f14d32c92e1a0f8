/** The AJP connector: {@link org.catwalk.ajp.AjpProtocol} is the only class that a user names. */
package org.catwalk.ajp;
