import { Badge, Skeleton, Text, Title } from "@mantine/core";
import type { Schemas } from "@/lib/api";
import { counted, money, seconds } from "@/lib/format";
import { OFFLINE, Problem } from "@/lib/problems";
import { useTitle } from "@/lib/title";
import { Notice } from "@/lib/ui/Notice";
import { Costs } from "./Costs";
import { monthName, renewalOf } from "./figures";
import { History } from "./History";
import { Meter } from "./Meter";
import { useUsage } from "./queries";
import classes from "./Usage.module.css";

export function Page() {
  useTitle("Usage");
  const usage = useUsage();
  const month = usage.data?.months[0];
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div>
          <Title order={1} size="h2">
            Usage
          </Title>
          <Text c="dimmed" size="sm">
            {month ? `${monthName(month.period, "long")}; counted anew from ${renewalOf(month.period)}` : "This month"}
          </Text>
        </div>
        {usage.data && (
          <Badge variant="light" size="lg" tt="capitalize" className={classes.plan ?? ""}>
            {usage.data.tier} plan
          </Badge>
        )}
      </header>
      {usage.error && !usage.data && <Notice error={usage.error} retry={() => void usage.refetch()} />}
      {usage.isPending && (usage.fetchStatus === "paused" ? <Notice error={new Problem({ status: 0, code: OFFLINE, detail: "" })} /> : <Waiting />)}
      {usage.data && month && <Shown usage={usage.data} month={month} />}
      <Costs />
    </div>
  );
}

function Shown({ usage: { limits, active, months }, month }: { usage: Schemas["UsageView"]; month: Schemas["MonthView"] }) {
  const videos = month.held_videos + month.settled_videos;
  const spend = month.held.micros + month.settled.micros;
  const left = Math.max(0, limits.spend.micros - spend);
  return (
    <>
      <div className={classes.meters}>
        <Meter name="Videos" value={String(videos)} limit={String(limits.videos)} of={[videos, limits.videos]} left={`${Math.max(0, limits.videos - videos)} left`}>
          {month.held_videos > 0 ? `${month.held_videos} of them in the making` : `each up to ${seconds(limits.seconds)} long`}
        </Meter>
        <Meter name="Spend" value={money(spend)} limit={money(limits.spend.micros)} of={[spend, limits.spend.micros]} left={`${money(left)} left`}>
          {month.held.micros > 0 ? `${money(month.settled.micros)} spent, ${money(month.held.micros)} held for videos in the making` : "nothing held for videos in the making"}
        </Meter>
        <Meter name="At the same time" value={String(active)} limit={String(limits.concurrent)} of={[active, limits.concurrent]} left={`room for ${counted(Math.max(0, limits.concurrent - active), "more", "more")}`}>
          {active === 0 ? "nothing in the making" : `${counted(active, "video")} in the making`}
        </Meter>
      </div>
      <History months={months} />
    </>
  );
}

function Waiting() {
  return (
    <div className={classes.waiting} role="status" aria-label="Loading">
      <div className={classes.meters}>
        {["videos", "spend", "active"].map((name) => (
          <Skeleton key={name} h={142} radius="lg" />
        ))}
      </div>
      <Skeleton h={374} radius="lg" />
    </div>
  );
}
