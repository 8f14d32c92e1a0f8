/**
 * One request/response cycle: from a forward request to Coyote and back.
 */
package org.catwalk.ajp.processor;
