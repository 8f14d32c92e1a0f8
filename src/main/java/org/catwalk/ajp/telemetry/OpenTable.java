package org.catwalk.ajp.telemetry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;

/**
 * Shows objects of one kind in JMX without classes of ours: one as a composite, many as a table.
 *
 * @param <T> what a row shows
 */
final class OpenTable<T> {

    private record Column<T>(String name, String description, SimpleType<?> type, Function<T, Object> value) {
    }

    private final String name;
    private final String description;
    private final List<Column<T>> columns = new ArrayList<>();

    OpenTable(String name, String description) {
        this.name = name;
        this.description = description;
    }

    OpenTable<T> text(String column, String about, Function<T, Object> value) {
        return column(column, about, SimpleType.STRING, value);
    }

    OpenTable<T> number(String column, String about, Function<T, Object> value) {
        return column(column, about, SimpleType.LONG, row -> ((Number) value.apply(row)).longValue());
    }

    OpenTable<T> fraction(String column, String about, Function<T, Object> value) {
        return column(column, about, SimpleType.DOUBLE, value);
    }

    private OpenTable<T> column(String column, String about, SimpleType<?> type, Function<T, Object> value) {
        columns.add(new Column<>(column, about, type, value));
        return this;
    }

    CompositeType rowType() {
        try {
            return new CompositeType(name, description, columns.stream().map(Column::name).toArray(String[]::new),
                    columns.stream().map(Column::description).toArray(String[]::new),
                    columns.stream().map(Column::type).toArray(OpenType<?>[]::new));
        } catch (OpenDataException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column tells the rows apart. */
    TabularType tableType() {
        try {
            return new TabularType(name, description, rowType(), new String[] {columns.get(0).name()});
        } catch (OpenDataException e) {
            throw new IllegalStateException(e);
        }
    }

    CompositeData row(T of) {
        try {
            return new CompositeDataSupport(rowType(), columns.stream().map(Column::name).toArray(String[]::new),
                    columns.stream().map(column -> column.value.apply(of)).toArray());
        } catch (OpenDataException e) {
            throw new IllegalStateException(e);
        }
    }

    TabularData table(Collection<T> of) {
        TabularData table = new TabularDataSupport(tableType());
        of.forEach(each -> table.put(row(each)));
        return table;
    }
}
