/** What all commands share: exit codes, errors of one line, options for addresses, times and secrets. */
package org.catwalk.ajp.tool.console;
