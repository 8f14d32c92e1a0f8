/** Mixed traffic for as long as one likes, and whether anything grows meanwhile. */
package org.catwalk.it.soak;
