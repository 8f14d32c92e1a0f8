/** What {@code it/demo} runs. */
package org.catwalk.it.demo;
