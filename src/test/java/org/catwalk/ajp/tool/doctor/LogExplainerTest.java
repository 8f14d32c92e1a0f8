package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Texts are mod_jk 1.2.48's and httpd 2.4's, as their binaries hold them. The recorded log was written by mod_jk 1.2.48 while the integration test
 * DoctorTest made its faults; that test explains the logs of its own run.
 */
class LogExplainerTest {

    private static final String HEAD = "[Sun Nov 22 11:59:49.410 2026] [16330:139693210675072] [error] ";

    private static List<Finding> explain(String... lines) {
        LogExplainer explainer = new LogExplainer();
        for (String line : lines) {
            explainer.take(line);
        }
        return explainer.findings();
    }

    private static Finding only(String line) {
        List<Finding> findings = explain(line);
        assertThat(findings).as(line).hasSize(1);
        return findings.get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "13, semanage port -a -t http_port_t",
        "110, firewall",
        "111, ss -ltn",
        "113, firewall-cmd",
        "115, backlog"})
    void explainsEachErrnoOfAConnection(int errno, String cure) {
        Finding finding = only(HEAD + "jk_open_socket::jk_connect.c (817): connect to 127.0.0.1:8009 failed (errno=" + errno + ")");
        assertThat(finding.code()).isEqualTo("LOG_CONNECT_FAILED");
        assertThat(finding.what()).contains("errno " + errno, "last Sun Nov 22 11:59:49.410 2026");
        assertThat(finding.cure() + finding.effect()).contains(cure);
        assertThat(finding.severity()).as("a log tells of the past").isEqualTo(Severity.NOTE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ajp_handle_cping_cpong::jk_ajp_common.c (991): (node1) timeout in reply cpong after 10000 ms. Socket = 12 (event=0) | LOG_CPONG_LATE
            ajp_connect_to_endpoint::jk_ajp_common.c (1070): (node1) cping/cpong after connecting to the backend server failed (errno=110) | LOG_CPING_AFTER_CONNECT
            ajp_send_request::jk_ajp_common.c (1609): (node1) failed sending request, socket 12 prepost cping/cpong failure (errno=0) | LOG_CPING_BEFORE_REQUEST
            ajp_send_request::jk_ajp_common.c (1600): (node1) failed sending request, socket 12 is not connected any more (errno=0) | LOG_POOLED_CONNECTION_CLOSED
            ajp_send_request::jk_ajp_common.c (1640): (node1) connecting to backend failed. Tomcat is probably not started or is listening on the wrong port (errno=111) | LOG_BACKEND_FAILED
            ajp_connection_tcp_get_message::jk_ajp_common.c (1247): (node1) can't receive the response header message from tomcat, tomcat (127.0.0.1:8009) has forced a connection close for socket 12 | LOG_RESPONSE_HEAD_FAILED
            ajp_connection_tcp_get_message::jk_ajp_common.c (1357): (node1) wrong message size 16384 8192 from 127.0.0.1:8009 | LOG_RESPONSE_TOO_LARGE
            ajp_connection_tcp_get_message::jk_ajp_common.c (1330): (node1) wrong message format 0x4854 from 127.0.0.1:8080 | LOG_NOT_AJP
            ajp_get_reply::jk_ajp_common.c (2020): (node1) Timeout with waiting reply from tomcat. Tomcat is down, stopped or network problems (errno=110) | LOG_REPLY_TIMEOUT
            ajp_get_reply::jk_ajp_common.c (2059): (node1) Tomcat is down or refused connection. No response has been sent to the client (yet) | LOG_NO_RESPONSE
            ajp_get_reply::jk_ajp_common.c (2072): (node1) Tomcat is down or network problems. Part of the response has already been sent to the client | LOG_PART_OF_RESPONSE
            ajp_process_callback::jk_ajp_common.c (1990): (node1) AJP13 protocol: Reuse is set to false | LOG_REUSE_OFF
            ajp_service::jk_ajp_common.c (2400): (node1) Creating AJP message failed without recovery - check max_packet_size | LOG_REQUEST_TOO_LARGE
            ajp_service::jk_ajp_common.c (2774): (node1) connecting to tomcat failed (rc=-3, errors=1, client_errors=0). | LOG_CONNECTING_FAILED
            ajp_service::jk_ajp_common.c (2400): (node1) sending request to tomcat failed (recoverable), because of protocol error (attempt=1) | LOG_SENDING_FAILED
            ajp_get_endpoint::jk_ajp_common.c (3300): Unable to get the free endpoint for worker node1 from 1 slots | LOG_NO_ENDPOINT
            service::jk_lb_worker.c (1577): All tomcat instances failed, no more workers left | LOG_ALL_FAILED
            service::jk_lb_worker.c (1500): service failed, worker node1 is in error state | LOG_WORKER_FAILED
            recover_workers::jk_lb_worker.c (700): worker node1 is marked for recovery | LOG_RECOVERY
            jk_handler::mod_jk.c (2871): Could not find a worker for worker name=nobody | LOG_NO_WORKER
            ajp_validate::jk_ajp_common.c (2900): worker node1 can't resolve tomcat address nowhere.invalid | LOG_NAME_UNKNOWN
            ajp_process_callback::jk_ajp_common.c (1950): (node1) Writing to client aborted or client network problems | LOG_CLIENT_GONE
            """)
    void knowsTheMessagesOfModJk(String line, String code) {
        assertThat(only(HEAD + line).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            (111)Connection refused: AH00957: ajp: attempt to connect to 127.0.0.1:8009 (127.0.0.1:8009) failed | LOG_PROXY_CONNECT_FAILED
            (13)Permission denied: AH00957: AJP: attempt to connect to 127.0.0.1:8009 (localhost) failed | LOG_PROXY_CONNECT_FAILED
            AH00959: ap_proxy_connect_backend disabling worker for (127.0.0.1:8009) for 60s | LOG_PROXY_WORKER_DISABLED
            (70007)The timeout specified has expired: AH00897: cping/cpong failed to 127.0.0.1:8009 (127.0.0.1:8009) | LOG_PROXY_CPING
            AH01081: ajp_msg_check_header() incoming message is too big 8200, max is 8192 | LOG_PROXY_RESPONSE_TOO_LARGE
            AH03229: ajp_msg_append_cvt_string(): BufferOverflowException 8000 8192 | LOG_PROXY_REQUEST_TOO_LARGE
            AH01080: ajp_msg_check_header() got bad signature 4854 | LOG_PROXY_NOT_AJP
            (70007)The timeout specified has expired: AH01030: ajp_ilink_receive() can't receive header | LOG_PROXY_NO_ANSWER
            AH01144: No protocol handler was valid for the URL / (scheme 'ajp') | LOG_PROXY_NO_HANDLER
            (13)Permission denied: AH00035: access to /x denied because search permissions are missing on a component of the path | LOG_HTTPD_FORBIDDEN
            AH01630: client denied by server configuration: /x | LOG_HTTPD_DENIED
            """)
    void knowsTheMessagesOfHttpd(String line, String code) {
        assertThat(only("[Sun Nov 22 11:59:49.410 2026] [proxy:error] [pid 1:tid 2] " + line).code()).isEqualTo(code);
    }

    @Test
    void takesAnErrnoOfAFileForNoneOfAConnection() {
        assertThat(only("[t] [core:error] [pid 1:tid 2] (13)Permission denied: AH00132: file permissions deny server access: /x").cure().get(0))
                .contains("restorecon").doesNotContain("semanage port");
        assertThat(only(HEAD + "init_jk::mod_jk.c (3500): Initializing shm:/etc/jk.shm errno=13. Unable to start").cure().get(0))
                .contains("JkShmFile").doesNotContain("semanage port");
    }

    @Test
    void survivesNumbersThatAreNoErrno() {
        String denied = "[t] [authz_core:error] [pid 1:tid 2] [client 192.0.2.1:5] AH01630: client denied by server configuration: /x";
        assertThat(explain(denied + "errno=99999999999")).hasSameSizeAs(explain(denied));
    }

    @Test
    void knowsCatwalksRefusals() {
        assertThat(only("22-Nov-2026 WARNING [x] org.catwalk.ajp.telemetry.RefusalLog.write SECRET_WRONG from 127.0.0.1: ...").code())
                .isEqualTo("LOG_REFUSED_SECRET");
        assertThat(only("ATTRIBUTE_NOT_ALLOWED from 127.0.0.1: COLOUR").code()).isEqualTo("LOG_REFUSED_ATTRIBUTE");
    }

    @Test
    void countsTheSameThingOnceForEachErrnoTheLatestFirst() {
        String refused = "jk_open_socket::jk_connect.c (817): connect to 127.0.0.1:8009 failed (errno=111)";
        List<Finding> findings = explain(HEAD + refused, HEAD + refused.replace("111", "13"), HEAD + refused);
        assertThat(findings).hasSize(2);
        assertThat(findings.get(0).what()).startsWith("2 x CONNECT_FAILED (errno 111, refused)");
        assertThat(findings.get(1).what()).startsWith("1 x CONNECT_FAILED (errno 13, permission denied)");
    }

    @Test
    void namesTheWorkers() {
        assertThat(explain(HEAD + "f::jk_ajp_common.c (1): (node1) Reuse is set to false", HEAD
                + "f::jk_ajp_common.c (1): (node2) Reuse is set to false")
                .get(0).what()).contains("worker node1, node2");
    }

    @Test
    void explainsEveryComplaintOfARecordedLog() throws IOException {
        List<String> complaints;
        try (BufferedReader log = new BufferedReader(new InputStreamReader(
                LogExplainerTest.class.getResourceAsStream("mod_jk-1.2.48.log"), StandardCharsets.ISO_8859_1))) {
            complaints = log.lines().filter(line -> line.contains("[error]") || line.contains("[warn]")).toList();
        }
        assertThat(complaints).hasSizeGreaterThan(20).allSatisfy(line -> assertThat(explain(line)).as(line).hasSize(1));
    }

    @Test
    void saysNothingOfOrdinaryLines() {
        assertThat(explain(HEAD.replace("error", "info") + "init_jk::mod_jk.c (3572): mod_jk/1.2.48 initialized", "GET / HTTP/1.1", ""))
                .isEmpty();
    }

    @Test
    void printsNoControlCharactersOfStrangers() {
        assertThat(only("did not find a worker \u001b[31mred\u0007").what()).doesNotContain("\u001b").doesNotContain("\u0007");
    }
}
