"""The composition root: which adapter fills which role, by profile, and in what order things are opened."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from os import cpu_count
from typing import Any

from attrs import frozen
from dependency_injector import containers, providers

from omnigen.ports.outbox import Outbox
from omnigen.settings import AwsSettings, Settings
from omnigen.usecases.admit_upload import AdmitUpload
from omnigen.usecases.app import App, Desk, Pipeline
from omnigen.usecases.bring_home import BringHome
from omnigen.usecases.cancel_job import CancelJob
from omnigen.usecases.check_ready import CheckReady
from omnigen.usecases.compose_video import ComposeVideo
from omnigen.usecases.delete_job import DeleteJob, PurgeJobs, RestoreJob
from omnigen.usecases.draft_storyboard import DraftStoryboard
from omnigen.usecases.draw_sketch import DrawSketch
from omnigen.usecases.edit_storyboard import EditStoryboard
from omnigen.usecases.end_job import FailJob, FinishJob
from omnigen.usecases.forecast import Foresee
from omnigen.usecases.generate_music import GenerateMusic
from omnigen.usecases.generate_scene import GenerateScene
from omnigen.usecases.get_job import GetJob
from omnigen.usecases.get_usage import GetUsage
from omnigen.usecases.inspect_object import InspectObject
from omnigen.usecases.lend_file import LendFile
from omnigen.usecases.list_jobs import ListJobs
from omnigen.usecases.make_take import MakeTake
from omnigen.usecases.mix_sound import MixSound
from omnigen.usecases.next_revision import NextRevision
from omnigen.usecases.operate import OperateJobs
from omnigen.usecases.outline_programme import OutlineProgramme
from omnigen.usecases.plan_storyboard import PlanStoryboard
from omnigen.usecases.policy import Policy
from omnigen.usecases.publish_video import PublishVideo
from omnigen.usecases.receive_webhook import ReceiveWebhook
from omnigen.usecases.regenerate_scene import RegenerateScene
from omnigen.usecases.render_segment import RenderSegment
from omnigen.usecases.request_upload import RequestUpload
from omnigen.usecases.retry_job import RetryJob
from omnigen.usecases.show_plan import ShowPlan
from omnigen.usecases.sketching import DrawAnimatic, PreviewJob
from omnigen.usecases.start_leg import KeepLeg, StartLeg
from omnigen.usecases.stems import Stems
from omnigen.usecases.submit_job import SubmitJob
from omnigen.usecases.sweep import ClearDesk, ClearOrphans, Sweep
from omnigen.usecases.video_files import ExportJob, FileUrl
from omnigen.usecases.video_url import VideoUrl
from omnigen.usecases.watch_job import WatchJob
from omnigen.usecases.workspace import Workspace
from omnigen.wiring import Late, find_ffmpeg, late, open_database, policy_of, store_of, through_cdn

One = providers.Singleton


class Container(containers.DeclarativeContainer):
    """Every role and who fills it. What has to be opened comes from outside, as a dependency."""

    settings: providers.Dependency[Settings] = providers.Dependency(instance_of=Settings)
    policy: providers.Dependency[Policy] = providers.Dependency(instance_of=Policy)
    profile = settings.provided.profile

    # Opened and closed by `opened` below; the provider by `working`, which alone has a use for it.
    clients: providers.Dependency[Any] = providers.Dependency()
    database: providers.Dependency[Any] = providers.Dependency()
    """The SQLite file of profile `local`, the DynamoDB tables of profile `aws`."""
    assets: providers.Dependency[Any] = providers.Dependency()
    provider: providers.Dependency[Any] = providers.Dependency()
    catalogue: providers.Dependency[Any] = providers.Dependency()
    workflow: providers.Dependency[Any] = providers.Dependency()
    """How legs are started: by a message in the API, by a task in the worker, by Step Functions on AWS."""

    secrets = providers.Selector(
        profile,
        local=late("omnigen.adapters.local.secrets.GivenSecrets", settings.provided.given),
        aws=late("omnigen.adapters.aws.secretsmanager.SecretsManager", clients),
    )
    clock = late("omnigen.adapters.local.clock.SystemClock")
    ids = late("omnigen.adapters.local.clock.RandomIds")
    metrics = providers.Selector(
        profile,
        local=late("omnigen.adapters.prometheus.PrometheusMetrics"),
        aws=late("omnigen.adapters.aws.emf.EmfMetrics", settings.provided.aws.metrics_namespace),
    )
    verifier = late("omnigen.adapters.oidc.OidcVerifier", settings.provided.identity)
    directory = late("omnigen.adapters.aws.cognito.CognitoDirectory", settings.provided.identity, clients)

    jobs = store_of(profile, "Jobs", database)
    takes = store_of(profile, "Takes", database)
    ledger = store_of(profile, "Usage", database)
    rates = store_of(profile, "Rates", database)
    outbox = store_of(profile, "Outbox", database)
    uploads = store_of(profile, "Uploads", database)

    replicate = late(
        "omnigen.adapters.replicate.provider.ReplicateProvider",
        settings.provided.replicate, catalogue, secrets,
    )  # fmt: skip

    cores = providers.Callable(lambda: cpu_count() or 1)
    looks = late("omnigen.adapters.ffmpeg.probe.Looks")
    inspector = late("omnigen.adapters.ffmpeg.inspector.FfmpegInspector", cores=cores, looks=looks)
    # The generator on AWS carries no decoder.
    far_inspector = providers.Selector(
        profile,
        local=inspector,
        aws=late(
            "omnigen.adapters.aws.lambda_inspector.LambdaInspector", settings.provided.aws, clients, assets
        ),
    )
    ffmpeg = providers.Callable(find_ffmpeg, settings.provided.ffmpeg)
    composer = late(
        "omnigen.adapters.ffmpeg.composer.FfmpegComposer",
        ffmpeg=ffmpeg, work_dir=settings.provided.work_dir, cores=cores, looks=looks,
    )  # fmt: skip
    draw_sketch = One(DrawSketch, assets=assets, find_composer=composer.provider)
    outline_programme = One(
        OutlineProgramme, jobs=jobs, assets=assets, find_composer=composer.provider, policy=policy
    )
    render_planner = providers.Selector(
        profile,
        local=outline_programme,
        aws=late("omnigen.adapters.aws.lambda_planner.LambdaPlanner", settings.provided.aws, clients),
    )
    # The API on AWS carries no FFmpeg; here it has processes of its own for it, a few at a time.
    sketcher = providers.Selector(
        profile,
        local=draw_sketch,
        aws=late("omnigen.adapters.aws.lambda_sketcher.LambdaSketcher", settings.provided.aws, clients),
    )
    workspace = One(Workspace, root=settings.provided.work_dir, assets=assets)

    # What users ask for.
    draft_storyboard = One(DraftStoryboard, catalogue=catalogue, policy=policy)
    admit_upload = One(AdmitUpload, uploads=uploads, assets=assets, inspector=inspector, clock=clock)
    submit_job = One(
        SubmitJob,
        jobs=jobs, workflow=workflow, clock=clock, ids=ids, policy=policy,
        draft_storyboard=draft_storyboard, admit_upload=admit_upload,
    )  # fmt: skip
    draw_animatic = One(
        DrawAnimatic,
        catalogue=catalogue, draft_storyboard=draft_storyboard, sketcher=sketcher, assets=assets, policy=policy,
    )  # fmt: skip
    preview_job = One(
        PreviewJob, jobs=jobs, catalogue=catalogue, sketcher=sketcher, assets=assets, policy=policy
    )
    get_job = One(GetJob, jobs=jobs, takes=takes, assets=assets, policy=policy)
    cancel_job = One(CancelJob, jobs=jobs, workflow=workflow, clock=clock, get_job=get_job)
    next_revision = One(
        NextRevision,
        jobs=jobs, takes=takes, workflow=workflow, catalogue=catalogue, clock=clock, policy=policy,
        admit_upload=admit_upload,
    )  # fmt: skip
    app = One(
        App,
        catalogue=catalogue,
        frame_rate=policy.provided.frame_rate,
        verifier=verifier,
        rates=rates,
        metrics=metrics,
        draft_storyboard=draft_storyboard,
        draw_animatic=draw_animatic,
        submit_job=submit_job,
        get_job=get_job,
        preview_job=preview_job,
        show_plan=One(
            ShowPlan,
            jobs=jobs, catalogue=catalogue, draft_storyboard=draft_storyboard, planner=render_planner,
            policy=policy,
        ),
        list_jobs=One(ListJobs, jobs=jobs, assets=assets, policy=policy),
        watch_job=One(WatchJob, jobs=jobs, clock=clock, policy=policy),
        video_url=One(VideoUrl, jobs=jobs, assets=assets, policy=policy),
        file_url=One(FileUrl, jobs=jobs, assets=assets, policy=policy),
        export_job=One(ExportJob, jobs=jobs, takes=takes, assets=assets, policy=policy),
        cancel_job=cancel_job,
        retry_job=One(RetryJob, next_revision=next_revision),
        edit_storyboard=One(
            EditStoryboard, next_revision=next_revision, foresee=One(Foresee, assets=assets)
        ),
        regenerate_scene=One(RegenerateScene, next_revision=next_revision),
        delete_job=One(DeleteJob, jobs=jobs, clock=clock, cancel_job=cancel_job),
        restore_job=One(RestoreJob, jobs=jobs, clock=clock, policy=policy, get_job=get_job),
        request_upload=One(
            RequestUpload, uploads=uploads, assets=assets, clock=clock, ids=ids, policy=policy
        ),
        get_usage=One(GetUsage, ledger=ledger, clock=clock),
        receive_webhook=One(
            ReceiveWebhook,
            takes=takes, outbox=outbox, workflow=workflow, clock=clock,
            verify=late(
                "omnigen.adapters.replicate.webhooks.WebhookCheck",
                settings.provided.replicate, secrets, clock,
            ),
        ),
        check_ready=One(CheckReady, jobs=jobs, assets=assets, clock=clock),
    )  # fmt: skip

    # What the workflow does.
    make_take = One(
        MakeTake,
        jobs=jobs, takes=takes, rates=rates, provider=provider, clock=clock, ids=ids, policy=policy,
        bring_home=One(
            BringHome,
            provider=provider, assets=assets, inspector=far_inspector, policy=policy,
            # On AWS whoever asks models and whoever composes are two Lambdas.
            workspace=providers.Selector(profile, local=workspace, aws=providers.Object(None)),
        ),
    )  # fmt: skip
    mix_sound = One(
        MixSound,
        jobs=jobs, takes=takes, assets=assets, composer=composer, catalogue=catalogue, policy=policy,
        workspace=workspace, stems=One(Stems, assets=assets, composer=composer, workspace=workspace),
    )  # fmt: skip
    render_segment = One(
        RenderSegment,
        jobs=jobs, assets=assets, inspector=inspector, composer=composer, clock=clock, policy=policy,
        workspace=workspace, mix_sound=mix_sound,
    )  # fmt: skip
    start_leg = One(StartLeg, jobs=jobs, clock=clock, policy=policy)
    fail_job = One(FailJob, jobs=jobs, takes=takes, clock=clock, workspace=workspace)
    keep_leg = One(KeepLeg, jobs=jobs, clock=clock, policy=policy)
    plan_storyboard = One(
        PlanStoryboard,
        jobs=jobs, assets=assets, catalogue=catalogue, clock=clock, policy=policy, make_take=make_take,
    )  # fmt: skip
    generate_scene = One(
        GenerateScene,
        jobs=jobs, assets=assets, catalogue=catalogue, clock=clock, policy=policy,
        make_take=make_take, lend_file=One(LendFile, assets=assets, provider=provider, policy=policy),
    )  # fmt: skip
    generate_music = One(
        GenerateMusic, jobs=jobs, catalogue=catalogue, clock=clock, policy=policy, make_take=make_take
    )
    compose_video = One(
        ComposeVideo,
        jobs=jobs, assets=assets, composer=composer, clock=clock, policy=policy,
        workspace=workspace, render_segment=render_segment, mix_sound=mix_sound,
        publish_video=One(
            PublishVideo,
            assets=assets, takes=takes, composer=composer, metrics=metrics,
            editor=late("omnigen.adapters.opentimeline.OpenTimeline"),
        ),
    )  # fmt: skip
    finish_job = One(FinishJob, jobs=jobs, takes=takes, clock=clock, workspace=workspace)
    inspect_object = One(InspectObject, assets=assets, inspector=inspector)
    sweep = One(
        Sweep, jobs=jobs, workflow=workflow, clock=clock,
        purge_jobs=One(PurgeJobs, jobs=jobs, assets=assets, clock=clock, policy=policy),
    )  # fmt: skip
    clear_orphans = One(ClearOrphans, jobs=jobs, assets=assets, clock=clock)
    clear_desk = One(ClearDesk, jobs=jobs, workspace=workspace)
    # All of them together: a Lambda takes only those that it runs.
    pipeline = One(
        Pipeline,
        start_leg=start_leg, keep_leg=keep_leg, plan_storyboard=plan_storyboard,
        generate_scene=generate_scene, generate_music=generate_music, render_segment=render_segment,
        compose_video=compose_video, finish_job=finish_job, fail_job=fail_job,
        inspect_object=inspect_object, sweep=sweep, clear_orphans=clear_orphans, clear_desk=clear_desk,
    )  # fmt: skip

    # What operators do.
    desk = One(
        Desk,
        jobs=One(
            OperateJobs,
            jobs=jobs, takes=takes, ledger=ledger, outbox=outbox, clock=clock,
            start_leg=start_leg, fail_job=fail_job,
        ),
        directory=directory,
    )  # fmt: skip

    # The two sides of the local workflow.
    outbox_workflow = late(
        "omnigen.adapters.local.workflow.OutboxWorkflow", outbox=outbox, clock=clock, ids=ids
    )
    local_workflow = late(
        "omnigen.adapters.local.workflow.LocalWorkflow", jobs=jobs, clock=clock, ids=ids, metrics=metrics
    )

    # How whoever isn't the driver itself has legs started.
    starter = providers.Selector(
        profile,
        local=outbox_workflow,
        aws=late("omnigen.adapters.aws.stepfunctions.StepFunctionsWorkflow", settings.provided.aws, clients),
    )


@frozen(kw_only=True)
class Worker:
    """What the worker process works with."""

    pipeline: Pipeline
    workflow: Any
    """The local workflow's driving side."""
    outbox: Outbox
    metrics: Any


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[App]:
    """The API's facade, with everything open that it needs."""
    async with opened(settings) as container:
        container.workflow.override(container.starter)
        yield container.app()


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[Worker]:
    """The worker's pipeline, with everything open that it needs."""
    async with opened(settings) as container, container.replicate() as provider:
        container.provider.override(providers.Object(provider))
        workflow = _driver(container)
        container.workflow.override(providers.Object(workflow))
        yield Worker(
            pipeline=container.pipeline(),
            workflow=workflow,
            outbox=container.outbox(),
            metrics=container.metrics(),
        )


@asynccontextmanager
async def stepping(settings: Settings) -> AsyncIterator[Container]:
    """What a Lambda runs steps with: nothing is made, or even imported, before a step has a use for it."""
    from omnigen.adapters.aws.clients import ThreadedClients  # noqa: PLC0415

    async with opened(settings, clients=ThreadedClients) as container:
        container.provider.override(providers.Object(Late(partial(container.replicate))))
        container.workflow.override(container.starter)
        yield container


@asynccontextmanager
async def operating(settings: Settings) -> AsyncIterator[Desk]:
    """The operator's desk."""
    async with opened(settings) as container:
        container.workflow.override(container.starter)
        yield container.desk()


def _driver(container: Container) -> Any:
    """The driving side knows the steps, and one of the steps, the sweep, starts legs through it."""
    return container.local_workflow(steps=Late(partial(container.pipeline)))


@asynccontextmanager
async def opened(
    settings: Settings, *, clients: Callable[[AwsSettings], Any] | None = None
) -> AsyncIterator[Container]:
    """A container with open connections; they are closed in the opposite order.

    `clients` says how AWS is called: by aioboto3 unless another way is named.
    """
    # Imported here: a process that only reads settings has no use for them.
    from omnigen.adapters.aws.clients import AioClients  # noqa: PLC0415
    from omnigen.adapters.aws.s3 import S3Assets  # noqa: PLC0415
    from omnigen.adapters.replicate.catalogue import load_catalogue  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context((clients or AioClients)(settings.aws))
        assets = await S3Assets.open(settings.assets, made)
        container = Container(
            settings=providers.Object(settings),
            policy=providers.Object(policy_of(settings)),
            clients=providers.Object(made),
            database=providers.Object(await open_database(settings, made, stack)),
            assets=providers.Object(assets),
            catalogue=providers.Object(load_catalogue(settings.catalogue)),
        )
        if settings.assets.cdn.url is not None:
            container.assets.override(providers.Object(through_cdn(settings, assets, container.secrets())))
        yield container
