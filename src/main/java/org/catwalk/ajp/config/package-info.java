/**
 * The immutable snapshot of what the operator configured: limits, time-outs, secrets, filters. Errors name the attribute.
 */
package org.catwalk.ajp.config;
