/**
 * Who may connect, which request may in, what the application may be told.
 */
package org.catwalk.ajp.guard;
