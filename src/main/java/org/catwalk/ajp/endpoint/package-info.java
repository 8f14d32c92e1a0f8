/**
 * The NIO endpoint: event loop, connections, deadlines, buffer pool. It knows of AJP the outer packet header and nothing else.
 */
package org.catwalk.ajp.endpoint;
