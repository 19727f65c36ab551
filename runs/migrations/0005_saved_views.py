import django.db.models.deletion
import django.utils.timezone
import studio.identifiers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('runs', '0004_traces'),
        ('studio', '0001_initial'),
        ('studio', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.CharField(default=studio.identifiers.new_run_id, editable=False, max_length=12, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('scope', models.CharField(choices=[('personal', 'Personal'), ('team', 'Team'), ('link', 'Link')], default='personal', max_length=8)),
                ('is_default', models.BooleanField(default=False)),
                ('state', models.JSONField()),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('experiment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='views', to='runs.experiment')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to='studio.workspace')),
            ],
            options={
                'ordering': ('name', 'id'),
                'indexes': [models.Index(fields=['workspace', 'scope'], name='saved_view_menu'), models.Index(condition=models.Q(('digest', ''), _negated=True), fields=['workspace', 'digest'], name='saved_view_link')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('experiment',), name='saved_view_default_once'), models.CheckConstraint(condition=models.Q(('is_default', False), models.Q(('experiment__isnull', False), ('scope', 'team')), _connector='OR'), name='saved_view_default_team'), models.CheckConstraint(condition=models.Q(('scope__in', ['personal', 'team', 'link'])), name='saved_view_scope_known')],
            },
        ),
    ]
