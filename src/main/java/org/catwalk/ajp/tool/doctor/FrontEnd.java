package org.catwalk.ajp.tool.doctor;

/** What speaks AJP on the web server's side. */
enum FrontEnd {
    MOD_JK, MOD_PROXY_AJP
}
