/** The AJP client: persistent connections, one request at a time on each, one thread. */
package org.catwalk.bench.load;
