package org.catwalk.it.harness;

/** The httpd module that speaks AJP to Tomcat. */
public enum FrontEnd {
    MOD_JK,
    MOD_PROXY_AJP
}
