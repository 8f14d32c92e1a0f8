/** Makes AJP readable: packets as text, and packets out of hex dumps, raw bytes and captures of tcpdump and Wireshark. */
package org.catwalk.ajp.tool.decode;
