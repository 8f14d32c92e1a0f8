/** Clients that send requests of every kind, well-behaved and not, and check every byte of what they get. */
package org.catwalk.it.traffic;
