import { Anchor, Badge, Skeleton, Title } from "@mantine/core";
import { Link } from "react-router";
import { api } from "@/lib/api";
import { money } from "@/lib/format";
import { useProfile } from "@/lib/session";
import { Notice } from "@/lib/ui/Notice";
import classes from "./Account.module.css";

/** What one may do, in figures; how much of it is used stands on its own page. */
export function Plan() {
  const { tier } = useProfile();
  const usage = api.useQuery("get", "/api/v1/usage", { params: { query: { periods: 1 } } });
  const limits = usage.data?.limits;
  const figures = [
    ["Videos a month", limits && String(limits.videos)],
    ["Longest video", limits && `${limits.seconds} s`],
    ["At the same time", limits && String(limits.concurrent)],
    ["Spend a month", limits && money(limits.spend.micros)],
  ] as const;
  if (usage.error && !usage.data) return <Notice error={usage.error} retry={() => void usage.refetch()} />;
  return (
    <section className={classes.plan} aria-labelledby="plan">
      <div className={classes.head}>
        <Title order={2} size="h5" id="plan">
          Plan{" "}
          <Badge variant="light" tt="capitalize" ml={6}>
            {usage.data?.tier ?? tier}
          </Badge>
        </Title>
        <Anchor component={Link} to="/usage" size="sm">
          See usage
        </Anchor>
      </div>
      <dl className={classes.limits} aria-busy={usage.isPending}>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value ?? <Skeleton h={18} mt={6} w="60%" />}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
