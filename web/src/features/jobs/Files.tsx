import { ActionIcon, Button, Menu, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { IconChevronDown, IconDownload, IconFileTypography, IconMovie, IconPhoto, IconScissors, IconShieldCheck } from "@tabler/icons-react";
import type { Job, Schemas } from "@/lib/api";
import { bytes } from "@/lib/format";
import { Notice } from "@/lib/ui/Notice";
import { download } from "./download";
import classes from "./Files.module.css";
import { useExport } from "./queries";

type Kind = Schemas["SidecarKind"];

const BESIDE: Partial<Record<Kind, { name: string; icon: typeof IconPhoto }>> = {
  captions_vtt: { name: "Captions (WebVTT)", icon: IconFileTypography },
  captions_srt: { name: "Captions (SRT)", icon: IconFileTypography },
  poster: { name: "Poster", icon: IconPhoto },
  manifest: { name: "Manifest of its origins", icon: IconShieldCheck },
};

/** The video to keep, and all that lies beside it. */
export function Files({ job, video }: { job: Job; video: Schemas["VideoView"] }) {
  const [exporting, exported] = useDisclosure(false);
  const saving = useMutation({ mutationFn: (kind: Kind | undefined) => download(job.id, kind) });
  return (
    <Button.Group>
      <Button leftSection={<IconDownload size={16} aria-hidden />} loading={saving.isPending} onClick={() => saving.mutate(undefined)}>
        Download
      </Button>
      <Menu position="bottom-end" width={290}>
        <Menu.Target>
          <ActionIcon className={classes.more ?? ""} size={36} aria-label="More to download">
            <IconChevronDown size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Entry icon={IconMovie} name="Video (MP4)" size={video.size} press={() => saving.mutate(undefined)} />
          {video.files.map(({ kind, size }) => {
            const known = BESIDE[kind];
            return known && <Entry key={kind} icon={known.icon} name={known.name} size={size} press={() => saving.mutate(kind)} />;
          })}
          <Menu.Divider />
          <Menu.Item leftSection={<IconScissors size={15} />} onClick={exported.open}>
            For an editing program…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={saving.isError} onClose={() => saving.reset()} title="Download" centered>
        <Notice error={saving.error} retry={() => saving.mutate(saving.variables)} />
      </Modal>
      <Modal opened={exporting} onClose={exported.close} title="For an editing program" size="lg" centered>
        <Parts id={job.id} wanted={exporting} />
      </Modal>
    </Button.Group>
  );
}

function Entry({ icon: Icon, name, size, press }: { icon: typeof IconPhoto; name: string; size: number; press: () => void }) {
  return (
    <Menu.Item leftSection={<Icon size={15} />} rightSection={<span className={classes.size}>{bytes(size)}</span>} onClick={press}>
      {name}
    </Menu.Item>
  );
}

function Parts({ id, wanted }: { id: string; wanted: boolean }) {
  const parts = useExport(id, wanted);
  return (
    <Stack>
      <Text size="sm">The cut as a timeline (OpenTimelineIO), and each clip, voice and music it names. Keep them in one folder, with these names, and open timeline.otio.</Text>
      {parts.error ? (
        <Notice error={parts.error} retry={() => void parts.refetch()} />
      ) : (
        <ul className={classes.parts}>
          {parts.data?.files.map(({ name, url, size }) => (
            <li key={name}>
              <a href={url} download={name.split("/").pop()} rel="noopener">
                {name}
              </a>
              <span className={classes.size}>{bytes(size)}</span>
            </li>
          )) ?? [1, 2, 3, 4].map((n) => <Skeleton key={n} component="li" h={20} my={8} />)}
        </ul>
      )}
    </Stack>
  );
}
