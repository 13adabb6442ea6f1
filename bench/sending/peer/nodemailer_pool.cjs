// nodemailer with its pool of ten connections: node nodemailer_pool.cjs PORT LETTERS LETTER.json
const fs = require("fs");
const nodemailer = require("nodemailer");

const [port, letters, file] = process.argv.slice(2);
const letter = JSON.parse(fs.readFileSync(file, "utf8"));

async function main() {
  const began = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const pool = nodemailer.createTransport({
    host: "127.0.0.1", port: Number(port), secure: false, ignoreTLS: true,
    pool: true, maxConnections: 10, maxMessages: Infinity,
  });
  let next = 0;
  const carry = async () => {
    while (next < Number(letters)) {
      const number = next++;
      await pool.sendMail({
        from: "rundbrief@example.org",
        to: `person.${number}@example.org`,
        subject: letter.subject,
        headers: { "List-Unsubscribe": `<https://example.org/a/${number}>` },
        text: `${letter.text}\nPerson ${number}\n`,
        html: letter.html.replace("</body>", `<p>Person ${number}</p></body>`),
      });
    }
  };
  await Promise.all(Array.from({ length: 20 }, carry));
  pool.close();
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({
    s: Number(process.hrtime.bigint() - began) / 1e9, cpu: (used.user + used.system) / 1e6,
  }));
}

main().catch((error) => { console.error(error); process.exit(1); });
