package org.catwalk.it.traffic;

/** What a client does with one request. */
public enum Kind {

    /** GET of up to 12 KB, with or without a Content-Length. */
    PAGE,
    /** GET of 1 MB. */
    DOWNLOAD,
    /** POST of up to 500 KB with a Content-Length. */
    UPLOAD,
    /** POST of up to 500 KB in chunks. */
    CHUNKED_UPLOAD,
    /** Server-sent events. */
    EVENTS,
    /** GET or POST that another thread answers, or that is dispatched. */
    ASYNC,
    /** POST that is read and answered by listeners. */
    NON_BLOCKING,
    HEAD,
    NOT_FOUND,
    /** GET in a session; 20 of them, then a new one. */
    SESSION,
    /** 4 MB that the client is slow to take. */
    SLOW_READER,
    /** 100 KB that the client is slow to send. */
    SLOW_UPLOAD,
    /** Goes away while 4 MB are under way to it. */
    ABORTED_DOWNLOAD,
    /** Goes away before all is sent that it has announced. */
    ABORTED_UPLOAD,
    /** Goes away in the midst of server-sent events. */
    ABORTED_EVENTS;

    /** Whether the application may see the request once only, whatever happens. */
    public boolean isPost() {
        return this == UPLOAD || this == CHUNKED_UPLOAD || this == NON_BLOCKING || this == SLOW_UPLOAD || this == ABORTED_UPLOAD;
    }
}
