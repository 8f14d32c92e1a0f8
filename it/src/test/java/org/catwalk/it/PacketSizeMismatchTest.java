package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.GuardBed;
import org.catwalk.it.harness.GuardMount;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.webapp.Payload;

/** Front end and connector that were told different packet sizes. */
@Scenarios
@UnlikeStock(Difference.REFUSAL_LOG)
class PacketSizeMismatchTest {

    private final GuardBed bed;
    private final Client client = Client.plain();

    PacketSizeMismatchTest(GuardBed bed) {
        this.bed = bed;
    }

    @EachFrontEnd
    void takesLargerPacketsThanItsOwnAndSaysSoOnce(FrontEnd frontEnd) {
        RefusalLines log = RefusalLines.from(bed);
        for (int size : new int[] {9_000, 20_000, 60_000}) {
            Reply reply = client.send(Client.request(bed.at(frontEnd, GuardMount.LARGE_FRONT_END_LOGGED, "/app/upload"))
                    .header("X-Large", "x".repeat(size)).POST(Client.sized(300_000, () -> new PayloadStream(300_000))));
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
            assertThat(reply.fields().get("checksum")).isEqualTo(Payload.checksum(300_000));
        }
        assertThat(client.get(bed.at(frontEnd, GuardMount.LARGE_FRONT_END_LOGGED, "/app/download?size=300000")).body())
                .isEqualTo(Payload.bytes(300_000));
        List<String> lines = log.text().lines().filter(line -> line.contains("packetSize")).toList();
        assertThat(lines).singleElement().asString()
                .contains("WARN", "127.0.0.1", "packetSize of the AJP Connector is 8192", "max_packet_size", "ProxyIOBufferSize");
    }

    @EachFrontEnd
    void saysWhatToSetWhenTheFrontEndRefusesItsPackets(FrontEnd frontEnd) {
        RefusalLines log = RefusalLines.from(bed);
        for (int i = 0; i < 2; i++) {
            // What fits the front end's packets goes through, before and after.
            assertThat(download(frontEnd, 5_000).body()).isEqualTo(Payload.bytes(5_000));
            // What does not is refused by the front end: "wrong message size" in mod_jk.log, "incoming message is too big" in error.log.
            assertThat(download(frontEnd, 100_000).status()).isEqualTo(frontEnd == FrontEnd.MOD_JK ? 502 : 500);
        }
        assertThat(download(frontEnd, 5_000).body()).isEqualTo(Payload.bytes(5_000));
        assertThat(log.only("PACKET_SIZE_MISMATCH")).contains("max_packet_size", "ProxyIOBufferSize", "packetSize", "8192");
    }

    private Reply download(FrontEnd frontEnd, int size) {
        return client.get(bed.at(frontEnd, GuardMount.SMALL_FRONT_END, "/app/download?size=" + size));
    }
}
