// HTTP up to the WebSocket: opening handshakes, plain requests, and what becomes of heads that are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/http/http_head.hpp"
#include "dissectors/http/http_layer.hpp"
#include "tests/support/layer_script.hpp"
#include "tests/support/ws_wire.hpp"

namespace overhear::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kA = R"({"type":"a","n":1})";
const std::string kB = R"({"type":"b","s":"text"})";
const std::string kRefusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno";

LayerSetup http() {
  LayerSetup setup;
  setup.make = layer<HttpLayer>();
  return setup;
}

Heard hear(Script& script, const LayerSetup& setup = http()) {
  script.fin();
  cut_anywhere(script, setup);
  return run(script, setup);
}

std::string data_of(const Heard& heard, Direction direction) {
  std::string out;
  for (const Said& unit : heard.units) {
    if (unit.is_opaque && unit.direction == direction) out += unit.bytes;
  }
  return out;
}

TEST(Http, UpgradesToAWebSocket) {
  Script script;
  script.client(upgrade_request()).server(upgrade_response() + from_server(kB)).client(from_client(kA));
  const Heard heard = hear(script);
  EXPECT_THAT(heard.events,
              ElementsAre("client http upgrade GET /chat", "server http upgrade 101 Switching Protocols"));
  EXPECT_THAT(heard.messages(), ElementsAre(kB, kA));
  EXPECT_THAT(heard.findings, IsEmpty());
}

TEST(Http, ReadsFramesThatTheClientSendsBeforeTheAnswer) {
  Script script;
  script.client(upgrade_request() + from_client(kA)).client(from_client(kB)).server(upgrade_response());
  const Heard heard = hear(script);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
  EXPECT_EQ(heard.units[0].packets, std::vector<std::uint64_t>{1});
}

TEST(Http, WaitsForARequestThatComesLaterThanItsAnswer) {
  Script script;
  script.server(upgrade_response() + from_server(kB)).client(upgrade_request() + from_client(kA));
  const Heard heard = hear(script);
  EXPECT_THAT(heard.messages(Direction::Client), ElementsAre(kA));
  EXPECT_THAT(heard.messages(Direction::Server), ElementsAre(kB));
  EXPECT_EQ(data_of(heard, Direction::Client), "");
}

TEST(Http, ReportsAnAcceptThatDoesNotFitTheKey) {
  std::string response = upgrade_response();
  response.replace(response.find("s3pP"), 4, "XXXX");
  Script script;
  script.client(upgrade_request()).server(response + from_server(kA));
  const Heard heard = hear(script);
  EXPECT_THAT(heard.findings, ElementsAre("server ws.accept"));
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
}

TEST(Http, ShowsARefusalAndGoesOn) {
  Script script;
  script.client(upgrade_request()).server(kRefusal).client(upgrade_request()).server(upgrade_response());
  script.client(from_client(kA));
  const Heard heard = hear(script);
  EXPECT_THAT(heard.findings, ElementsAre("server http.no_upgrade"));
  EXPECT_EQ(data_of(heard, Direction::Server), kRefusal);
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
}

TEST(Http, ReadsPlainRequestsBeforeTheUpgrade) {
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string post = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET {";
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
  const std::string none = "HTTP/1.1 204 No Content\r\n\r\n";
  Script script;
  script.client(get).server(ok).client(post).server(none).client(upgrade_request()).server(upgrade_response());
  script.client(from_client(kA)).server(from_server(kB));
  const Heard heard = hear(script);
  EXPECT_EQ(data_of(heard, Direction::Client), get + post);
  EXPECT_EQ(data_of(heard, Direction::Server), ok + none);
  EXPECT_THAT(heard.messages(), ElementsAre(kA, kB));
  EXPECT_THAT(heard.findings, IsEmpty());
}

TEST(Http, IgnoresAnInterimAnswer) {
  Script script;
  script.client(upgrade_request()).server("HTTP/1.1 103 Early Hints\r\n\r\n").server(upgrade_response());
  script.server(from_server(kA));
  const Heard heard = hear(script);
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_THAT(heard.findings, IsEmpty());
}

TEST(Http, ShowsABodyWithoutALengthAsDataUpToTheEnd) {
  Script script;
  const std::string answer = "HTTP/1.1 200 OK\r\n\r\n" + kA + from_server(kB);
  script.client("GET / HTTP/1.1\r\n\r\n").server(answer);
  const Heard heard = hear(script);
  EXPECT_THAT(heard.messages(), IsEmpty());
  EXPECT_EQ(data_of(heard, Direction::Server), answer);
}

TEST(Http, CutsALongBodyIntoRuns) {
  LayerSetup setup = http();
  setup.limits.opaque_run_bytes = 16;
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n" + std::string(50, 'b');
  Script script;
  script.client("GET / HTTP/1.1\r\n\r\n").server(answer + kRefusal);
  EXPECT_EQ(data_of(hear(script, setup), Direction::Server), answer + kRefusal);
}

TEST(Http, ReportsAHeadOverTheLimit) {
  LayerSetup setup = http();
  setup.limits.http_head_bytes = 300;
  const std::string request = upgrade_request("X: " + std::string(300, 'x'));
  Script script;
  script.client(request);
  const Heard heard = hear(script, setup);
  EXPECT_THAT(heard.findings, ElementsAre("client http.header_limit"));
  EXPECT_EQ(data_of(heard, Direction::Client), request);
}

TEST(Http, ReadsAHeadOf64KiBAndNotOneMore) {
  for (const std::size_t size : {65536u, 65537u}) {
    std::string request = upgrade_request("X: ");
    request.insert(request.size() - 4, std::string(size - request.size(), 'x'));
    Script script;
    script.client(request).fin();
    EXPECT_EQ(run(script, http()).findings.empty(), size == 65536) << size;
    EXPECT_EQ(run(script, http()).events.empty(), size != 65536) << size;
  }
}

TEST(Http, ReportsWhatIsNoHead) {
  for (const char* const bytes :
       {"GET / HTTP/1.1\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"}) {
    Script script;
    script.client(bytes);
    const Heard heard = hear(script);
    EXPECT_THAT(heard.findings, ElementsAre("client http.malformed")) << bytes;
    EXPECT_EQ(data_of(heard, Direction::Client), bytes);
  }
}

TEST(Http, ShowsATornHeadAsData) {
  Script script;
  script.client(upgrade_request().substr(0, 40));
  const Heard heard = hear(script);
  EXPECT_TRUE(heard.has_finding("app.partial"));
  EXPECT_EQ(data_of(heard, Direction::Client), upgrade_request().substr(0, 40));
}

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

// What stands on a connection before the upgrade must not hide it.
void upgrades_behind(const std::string& request, const std::string& response) {
  SCOPED_TRACE(request + response);
  Script script;
  script.client(request).server(response).client(upgrade_request()).server(upgrade_response() + from_server(kB));
  script.client(from_client(kA));
  const Heard heard = hear(script);
  EXPECT_THAT(heard.messages(), ElementsAre(kB, kA));
  EXPECT_EQ(data_of(heard, Direction::Client), request);
  EXPECT_EQ(data_of(heard, Direction::Server), response);
  EXPECT_THAT(heard.findings, IsEmpty());
}

TEST(Http, FindsTheEndOfAChunkedBody) {
  const std::string head = "HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* const body :
       {"0\r\n\r\n", "5\r\nGET /\r\n0\r\n\r\n",
        "00A;name=\"v\"\r\n0\r\n\r\n\r\n\r\n\n\r\na\r\n0123456789\r\n000\r\n\r\n",
        "1\r\nx\r\n0\r\nTrailer: 1\r\nOther: 2\r\n\r\n", "4\nbody\n0\n\n", "1 \r\nx\r\n0\r\n\r\n"}) {
    upgrades_behind(kGet, head + body);
  }
  upgrades_behind("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\n{}\n\r\n0\r\n\r\n",
                  "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Http, ExpectsNoBodyWhereThereIsNone) {
  const std::string head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  upgrades_behind(head, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  upgrades_behind(head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  upgrades_behind(kGet, "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n");
  upgrades_behind("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 Connection established\r\n\r\n");
  upgrades_behind("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody",
                  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(Http, ShowsAChunkedBodyThatCannotBeFollowedAsData) {
  for (const char* const body : {"x\r\n", "\r\n", "5\r\nbodyxx\r\n", "1000000000000001\r\n", "-1\r\n"}) {
    const std::string response = std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") + body;
    Script script;
    script.client(kGet).server(response + upgrade_response());
    const Heard heard = hear(script);
    EXPECT_THAT(heard.findings, ElementsAre("server http.bad_chunk")) << body;
    EXPECT_EQ(data_of(heard, Direction::Server), response + upgrade_response());
  }
}

TEST(Http, CutsALongChunkedBodyIntoRuns) {
  LayerSetup setup = http();
  setup.limits.opaque_run_bytes = 16;
  const std::string answer =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n" + std::string(50, 'b') + "\r\n0\r\n\r\n";
  Script script;
  script.client(kGet).server(answer + kRefusal);
  const Heard heard = hear(script, setup);
  EXPECT_EQ(data_of(heard, Direction::Server), answer + kRefusal);
  for (const Said& unit : heard.units) EXPECT_LE(unit.bytes.size(), 16u);
}

TEST(Http, GoesOnBehindALossInsideABody) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n0123";
  const std::string measured = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123";
  for (const std::string& end : {chunked, measured}) {
    Script script;
    script.client(kGet).server(end).gap(Direction::Server, 10);
    script.server(end == chunked ? "456789\r\n0\r\n\r\n" : "456789").client(upgrade_request());
    script.server(upgrade_response() + from_server(kB)).client(from_client(kA));
    EXPECT_THAT(hear(script).messages(), ElementsAre(kB, kA));
  }
}

TEST(Http, GoesOnWhereWhatIsHeldOfABodyMustGo) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=";
  Script script;
  script.client(kGet).server(chunked).gap(Direction::Server, 0).server("value\r\nbody\n\r\n0\r\n\r\n");
  script.client(upgrade_request()).server(upgrade_response() + from_server(kB));
  EXPECT_THAT(hear(script).messages(), ElementsAre(kB));
}

TEST(Http, ReadsPipelinedRequests) {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
  Script script;
  script.client(kGet + kGet + upgrade_request() + from_client(kA)).server(ok + ok + upgrade_response());
  const Heard heard = hear(script);
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_THAT(heard.findings, IsEmpty());
}

TEST(Http, ReadsASecondTryThatCameBeforeTheFirstWasRefused) {
  Script script;
  script.client(upgrade_request() + upgrade_request() + from_client(kA)).server(kRefusal + upgrade_response());
  const Heard heard = hear(script);
  EXPECT_THAT(heard.messages(), ElementsAre(kA));
  EXPECT_THAT(heard.findings, ElementsAre("server http.no_upgrade"));
}

TEST(Http, KnowsARefusalThatCameBeforeItsRequest) {
  Script script;
  script.server(kRefusal).client(upgrade_request()).client(upgrade_request()).server(upgrade_response());
  script.client(from_client(kA));
  EXPECT_THAT(hear(script).messages(), ElementsAre(kA));
}

TEST(Http, IgnoresEmptyLinesBeforeAHead) {
  Script script;
  const std::string none = "HTTP/1.1 204 No Content\r\n\r\n";
  script.client(kGet + "\r\n").server("\r\n" + none + "\r\n");
  script.client("\r\n" + upgrade_request()).server("\n" + upgrade_response() + from_server(kB));
  script.client(from_client(kA)).fin();
  const Heard heard = hear(script);
  EXPECT_THAT(heard.messages(), ElementsAre(kB, kA));
  EXPECT_THAT(heard.findings, IsEmpty());
}

TEST(Http, ReadsHeadsThatAreNotQuiteRight) {
  std::string bare_request = upgrade_request();
  std::erase(bare_request, '\r');
  std::string bare_response = upgrade_response();
  std::erase(bare_response, '\r');
  std::string no_reason = upgrade_response();
  no_reason.replace(0, no_reason.find('\r'), "HTTP/1.1 101");
  struct Case {
    std::string request;
    std::string response;
    std::vector<std::string> findings;
  };
  const Case table[] = {
      {bare_request, upgrade_response(), {"client http.line_end"}},
      {upgrade_request(), bare_response, {"server http.line_end"}},
      {upgrade_request(), no_reason, {"server http.status_line"}},
  };
  for (const auto& [request, response, findings] : table) {
    Script script;
    script.client(request).server(response + from_server(kB)).client(from_client(kA));
    const Heard heard = hear(script);
    EXPECT_THAT(heard.messages(), ElementsAre(kB, kA)) << request << response;
    EXPECT_EQ(heard.findings, findings);
  }
}

TEST(Http, ReadsNoFramesOfAnotherProtocolThatWasAgreed) {
  const std::string request = "GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n";
  const std::string response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n";
  Script script;
  script.client(request).server(response + from_server(kB)).client(from_client(kA));
  const Heard heard = hear(script);
  EXPECT_THAT(heard.messages(), IsEmpty());
  EXPECT_EQ(data_of(heard, Direction::Server), response + from_server(kB));
  EXPECT_EQ(data_of(heard, Direction::Client), request + from_client(kA));
}

TEST(Http, FindsFramesWhereTheAnswersWereLost) {
  Script script;
  script.client(kGet).gap(Direction::Server, 100).server("rest of a body").client(upgrade_request());
  script.server(upgrade_response() + from_server(kB)).client(from_client(kA));
  EXPECT_THAT(hear(script).messages(), ElementsAre(kB, kA));
}

TEST(Http, FindsFramesWhereTheRequestWasLost) {
  Script script;
  script.client(kGet).server("HTTP/1.1 204 No Content\r\n\r\n").gap(Direction::Client, upgrade_request().size());
  script.server(upgrade_response() + from_server(kB)).client(from_client(kA));
  EXPECT_THAT(hear(script).messages(), ElementsAre(kB, kA));
}

TEST(Http, KnowsAStreamByItsFirstBytes) {
  EXPECT_EQ(looks_like_http("GET / HTTP"), true);
  EXPECT_EQ(looks_like_http("HTTP/1.1 101"), true);
  EXPECT_EQ(looks_like_http("OPTIONS *"), true);
  EXPECT_EQ(looks_like_http(""), std::nullopt);
  EXPECT_EQ(looks_like_http("G"), std::nullopt);
  EXPECT_EQ(looks_like_http("HTTP/1"), std::nullopt);
  EXPECT_EQ(looks_like_http("\r\n\r"), std::nullopt);
  EXPECT_EQ(looks_like_http("\r\n\r\nGET / HTTP"), true);
  EXPECT_EQ(looks_like_http("\r\n{"), false);
  EXPECT_EQ(looks_like_http(std::string(17, '\n')), false);
  EXPECT_EQ(looks_like_http("GETX"), false);
  EXPECT_EQ(looks_like_http("get "), false);
  EXPECT_EQ(looks_like_http("{"), false);
}

TEST(HttpHead, JoinsFieldsAndReadsListsInAnyCase) {
  const auto head = parse_http_head("GET / HTTP/1.1\r\nupgrade: h2c\r\nUPGRADE: x , WebSocket\r\nN: 7\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->field("Upgrade"), "h2c, x , WebSocket");
  EXPECT_TRUE(head->lists("Upgrade", "websocket"));
  EXPECT_TRUE(head->lists("Upgrade", "H2C"));
  EXPECT_FALSE(head->lists("Upgrade", "socket"));
  EXPECT_EQ(head->content_length(), std::nullopt);
}

}  // namespace
}  // namespace overhear::testing
