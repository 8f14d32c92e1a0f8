/** Figures to text and pictures. */
package org.catwalk.bench.report;
