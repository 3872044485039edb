// Prints start and end of each event of the calendar on standard input, in UTC, as ical.js understands them with the
// file's own time zones.
const ICAL = require("ical.js");

let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (part) => { text += part; });
process.stdin.on("end", () => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  const events = calendar.getAllSubcomponents("vevent").map((one) => {
    const event = new ICAL.Event(one);
    return [event.startDate, event.endDate].map((time) => time.toJSDate().toISOString());
  });
  process.stdout.write(JSON.stringify(events));
});
