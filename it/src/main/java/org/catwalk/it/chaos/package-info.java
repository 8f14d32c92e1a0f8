/** A bad network between httpd and Catwalk, and what becomes of requests on it. */
package org.catwalk.it.chaos;
