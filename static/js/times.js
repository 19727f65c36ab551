// Times as people read them; the same words as studio/web/formats.py.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value) => String(value).padStart(2, "0");

export function duration(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
  return `${Math.floor(whole / 86400)}d ${Math.floor((whole % 86400) / 3600)}h`;
}

export function relative(moment, now = new Date()) {
  const seconds = (now - moment) / 1000;
  const distance = Math.abs(seconds);
  const ahead = seconds < 0;
  if (distance < 45) return ahead && distance > 5 ? "in a moment" : "just now";
  if (distance >= 7 * 86400) return day(moment, now);
  const text = span(distance);
  return ahead ? `in ${text}` : `${text} ago`;
}

function span(distance) {
  if (distance < 3570) return `${Math.max(1, Math.round(distance / 60))} min`;
  if (distance < 86400) return `${Math.max(1, Math.round(distance / 3600))} h`;
  const days = Math.floor(distance / 86400);
  return days === 1 ? "1 day" : `${days} days`;
}

function day(moment, now) {
  const short = `${moment.getDate()} ${MONTHS[moment.getMonth()]}`;
  return moment.getFullYear() === now.getFullYear() ? short : `${short} ${moment.getFullYear()}`;
}

export function absolute(moment) {
  const zone = new Intl.DateTimeFormat("en", { timeZoneName: "short" }).formatToParts(moment).find((part) => part.type === "timeZoneName");
  const clock = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(":");
  return `${moment.getDate()} ${MONTHS[moment.getMonth()]} ${moment.getFullYear()}, ${clock} ${zone?.value ?? ""}`.trim();
}
