// What an app does with Replicate's own client, against whatever REPLICATE_BASE_URL names. Prints what it got, as JSON.
import Replicate, { validateWebhook } from "replicate";

const { BASE_URL, TOKEN, MODEL, WEBHOOK } = process.env;
const replicate = new Replicate({ auth: TOKEN, baseUrl: `${BASE_URL}/v1` });
const input = { prompt: "a lighthouse at dusk", duration: 4 };
const got = {};

got.blocked = await replicate.run(MODEL, { input, wait: { mode: "block", timeout: 60 } });
const seen = [];
got.polled = await replicate.run(MODEL, { input, wait: { mode: "poll", interval: 50 } }, ({ status }) => seen.push(status));
got.last = seen.at(-1);

const file = await replicate.files.create(Buffer.from("a first frame"), { from: "a test" });
got.file = await replicate.files.get(file.id);
got.listed = (await replicate.files.list()).results.map(({ id }) => id);
got.deleted = await replicate.files.delete(file.id);

const slow = await replicate.predictions.create({ model: MODEL, input: { ...input, prompt: "never ends" } });
got.running = (await replicate.predictions.get(slow.id)).status;
got.cancelled = (await replicate.predictions.cancel(slow.id)).status;
got.waited = (await replicate.wait(slow, { interval: 50 })).status;

try {
  await replicate.predictions.create({ model: MODEL, input: {} });
} catch (error) {
  got.refused = { name: error.name, status: error.response.status };
}

const secret = (await replicate.webhooks.default.secret.get()).key;
const { headers, body } = JSON.parse(WEBHOOK);
got.signed = await validateWebhook({ headers, body }, secret);
got.forged = await validateWebhook({ headers, body: `${body} ` }, secret);

console.log(JSON.stringify(got));
