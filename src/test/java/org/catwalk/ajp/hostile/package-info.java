/**
 * The running connector under peers that lie, forge, dribble, flood and leave. After each of them nothing is lost and everybody else is
 * served.
 */
package org.catwalk.ajp.hostile;
