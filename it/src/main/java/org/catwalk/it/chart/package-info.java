/** Charts as the pages of this project show them. */
package org.catwalk.it.chart;
