package org.catwalk.ajp.tool.doctor;

import java.util.ArrayList;
import java.util.List;

/** A chapter of the report: what was looked at, and what was found. */
final class Section {

    private final String title;
    private final List<String> facts = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    Section(String title) {
        this.title = title;
    }

    Section fact(String text) {
        facts.add(text);
        return this;
    }

    Section finding(Finding finding) {
        findings.add(finding);
        return this;
    }

    Section findings(List<Finding> more) {
        findings.addAll(more);
        return this;
    }

    String title() {
        return title;
    }

    List<String> facts() {
        return facts;
    }

    List<Finding> findings() {
        return findings;
    }
}
