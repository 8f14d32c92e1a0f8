package org.catwalk.ajp.processor;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.endpoint.BufferPool;
import org.catwalk.ajp.guard.RequestGuard;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.telemetry.RefusalLog;

/**
 * What the processors of one connector share.
 *
 * @param settings the snapshot in force; read once a request
 * @param guards makes a guard for one processor
 * @param buffers buffers for active requests
 * @param counters what is counted
 * @param refusals where refusals are logged
 * @param closing true while the connector is paused or stopping, so that answers end their connection
 * @param givesWay asked for each answer that would keep its connection: whether it ends it nevertheless, to make room for another one
 * @param threadFree whether a request that came now would find a thread
 * @param packetSizes compares the sizes of requests with packetSize
 * @param clientCertProvider name of the security provider for client certificates, null for the default
 */
public record ConnectorServices(Supplier<AjpSettings> settings, Supplier<RequestGuard> guards, BufferPool buffers,
        Counters counters, RefusalLog refusals, BooleanSupplier closing, BooleanSupplier givesWay, BooleanSupplier threadFree,
        PacketSizeComparison packetSizes, Supplier<String> clientCertProvider) {
}
