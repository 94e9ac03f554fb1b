// Three calls with node-soap, over mutual TLS: the connection's status, a master, an inquiry.
// What it must be given comes from the environment; see ../README.md.
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const https = require("node:https");
const axios = require("axios");
const soap = require("soap");

function given(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`環境変数 ${name} がありません / the environment has no ${name}`);
    process.exit(1);
  }
  return value;
}

// A request id is for one message: a retry takes the same one, so that it is done once. Letters alone: a long run of
// digits could be somebody's number.
function requestId() {
  return `node-${Array.from({ length: 24 }, () => String.fromCharCode(crypto.randomInt(97, 123))).join("")}`;
}

async function connect() {
  const httpsAgent = new https.Agent({
    ca: fs.readFileSync(given("RENKEI_CA")),
    cert: fs.readFileSync(given("RENKEI_CERTIFICATE")),
    key: fs.readFileSync(given("RENKEI_KEY")),
    keepAlive: true,
  });
  // The same agent fetches the WSDL and its schemas, and sends the messages.
  const request = axios.create({ httpsAgent, proxy: false });
  const client = await soap.createClientAsync(`${given("RENKEI_URL")}connection?wsdl`, { request, disableCache: true });
  const [[service, ports]] = Object.entries(client.describe());
  return (operation, message = {}) => {
    const [port] = Object.entries(ports).find(([, operations]) => operation in operations);
    const whole = { Sender: { RequestId: requestId(), Institution: given("RENKEI_INSTITUTION") }, ...message };
    return new Promise((resolve, reject) => {
      client[service][port][operation](whole, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  };
}

// One entry comes as itself, many as a list, none not at all.
const listed = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

async function main() {
  const call = await connect();
  console.log(`state=${(await call("GetConnectionStatus")).State}`);

  const entries = [];
  let answer;
  do {
    answer = await call("GetMaster", { Kind: "institutions", ...(answer && { Page: answer.NextPage }) });
    entries.push(...listed(answer.Entry));
  } while (answer.NextPage);
  console.log(`version=${answer.Master.Version} entries=${entries.length} of ${answer.Master.Count}`);

  const inquiry = await call("SubmitInquiry", {
    AtenaNumber: "IIDA-0001", Task: "T-001", Procedure: "P-001-01",
    Provider: "011002-M", Item: "TAX-INCOME", Year: "2026", Consent: true,
  });
  console.log(`receipt=${inquiry.ReceiptNumber}`);
}

main().catch((error) => {
  const refusal = error.root?.Envelope?.Body?.Fault?.detail?.Fault;
  // Without a typed refusal there was no answer: the same request may be sent again.
  console.error(refusal ? `${refusal.Code}: ${refusal.TextJa} / ${refusal.TextEn}` : String(error.message ?? error));
  process.exitCode = refusal && refusal.Retry !== "same-request" ? 1 : 75;
});
